declare module "ejs" {
  /** The one call that is used; the package brings no types. */
  const ejs: {
    renderFile(
      file: string,
      data: object,
      done: (error: Error | null, html?: string) => void,
    ): void;
  };
  export = ejs;
}

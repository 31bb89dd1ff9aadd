{{/*
The paths that may be reached from outside, as YAML: what senders and people need. /metrics, /healthz and /readyz are
not among them, so every path of the console is named instead of "/" as a prefix.
*/}}
{{- define "mutt.paths.ingest" -}}
- {path: /api/v1/ingest, type: Exact}
- {path: /ingest, type: Exact}
{{- end -}}

{{- define "mutt.paths.console" -}}
{{- $base := trimSuffix "/" .Values.admin.basePath -}}
{{- with $base }}
- {path: {{ . }}, type: Exact}
{{- end }}
- {path: {{ $base }}/, type: Exact}
- {path: {{ $base }}/favicon.svg, type: Exact}
- {path: {{ $base }}/assets, type: Prefix}
- {path: {{ $base }}/login, type: Exact}
- {path: {{ $base }}/logout, type: Exact}
- {path: {{ $base }}/dead-letters, type: Prefix}
- {path: {{ $base }}/alerts, type: Prefix}
- {path: {{ $base }}/rules, type: Prefix}
- {path: {{ $base }}/configuration, type: Prefix}
- {path: {{ $base }}/audit, type: Prefix}
- {path: {{ $base }}/queues, type: Prefix}
- {path: {{ $base }}/api/v1, type: Prefix}
{{- end -}}

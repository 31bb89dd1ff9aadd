{{/* The Deployment of one app; takes {root, app}. The only place where pods of the apps are described. */}}
{{- define "mutt.deployment" -}}
{{- $root := .root -}}
{{- $app := .app -}}
{{- $values := index $root.Values $app -}}
{{- $scaling := default (dict "mode" "none") $values.autoscaling -}}
{{- $scheduling := $root.Values.scheduling -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "mutt.fullname" $root }}-{{ $app }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "mutt.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $app }}
spec:
  {{- if eq $scaling.mode "none" }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
  selector:
    matchLabels:
      {{- include "mutt.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "mutt.labels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $app }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/config: {{ include "mutt.configData" $root | sha256sum }}
        checksum/secret: {{ include "mutt.secretChecksum" $root }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "mutt.serviceAccount" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ include "mutt.gracePeriod" $root }}
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- with $scheduling.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      securityContext:
        {{- include "mutt.podSecurity" $root | nindent 8 }}
      containers:
        - name: {{ $app }}
          image: {{ include "mutt.image" $root }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args: [{{ $app }}]
          securityContext:
            {{- include "mutt.containerSecurity" $root | nindent 12 }}
          ports:
            - {name: http, containerPort: {{ index (include "mutt.ports" $root | fromYaml) $app }}, protocol: TCP}
          envFrom:
            - configMapRef: {name: {{ include "mutt.fullname" $root }}}
          env:
            {{- include (printf "mutt.env.%s" $app) $root | trim | nindent 12 }}
            {{- include "mutt.redisEnv" $root | trim | nindent 12 }}
            {{- if and (has $app (list "ingestor" "alerter" "forwarder")) $root.Values.tracing.endpoint }}
            {{- include "mutt.env.tracing" $root | trim | nindent 12 }}
            {{- end }}
            {{- with $values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          startupProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
            httpGet: {path: /readyz, port: http}
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          # It says nothing of Redis or the webhook: a restart cures neither.
          livenessProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          {{- if and (has $app (list "ingestor" "admin")) (semverCompare ">=1.30.0-0" $root.Capabilities.KubeVersion.Version) }}
          # Requests still come in until every node knows that this pod goes.
          lifecycle:
            preStop:
              sleep: {seconds: 5}
          {{- end }}
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- if has $app (list "ingestor" "admin") }}
            - {name: keys, mountPath: /etc/mutt/keys, readOnly: true}
            {{- end }}
            {{- if include "mutt.redisTlsFiles" $root }}
            - {name: redis-tls, mountPath: /etc/mutt/redis-tls, readOnly: true}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
        {{- if has $app (list "ingestor" "admin") }}
        {{- $secret := include (printf "mutt.secret.%s" (ternary "ingest" "admin" (eq $app "ingestor"))) $root | fromYaml }}
        - name: keys
          secret:
            secretName: {{ $secret.name }}
            defaultMode: 0440
            items:
              - {key: {{ $secret.key }}, path: {{ ternary "ingest-api-keys" "admin-api-keys" (eq $app "ingestor") }}}
        {{- end }}
        {{- if include "mutt.redisTlsFiles" $root }}
        - name: redis-tls
          secret:
            secretName: {{ $root.Values.redis.tls.existingSecret }}
            defaultMode: 0440
            items:
              {{- with $root.Values.redis.tls }}
              {{- with .caKey }}
              - {key: {{ . }}, path: ca.crt}
              {{- end }}
              {{- with .certKey }}
              - {key: {{ . }}, path: tls.crt}
              {{- end }}
              {{- with .keyKey }}
              - {key: {{ . }}, path: tls.key}
              {{- end }}
              {{- end }}
        {{- end }}
      {{- with default $scheduling.nodeSelector $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with default $scheduling.tolerations $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with default $scheduling.affinity $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if $scheduling.spread.enabled }}
      topologySpreadConstraints:
        {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ $key }}
          whenUnsatisfiable: {{ $scheduling.spread.whenUnsatisfiable }}
          # Pods of an old version that are on their way out do not count.
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels:
              {{- include "mutt.selector" $ | nindent 14 }}
        {{- end }}
      {{- end }}
{{- end -}}

{{/* Pod Security Standard "restricted". */}}
{{- define "mutt.podSecurity" -}}
runAsNonRoot: true
{{- if not (kindIs "invalid" .Values.runAsUser) }}
runAsUser: {{ int64 .Values.runAsUser }}
runAsGroup: {{ int64 .Values.runAsUser }}
fsGroup: {{ int64 .Values.runAsUser }}
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "mutt.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* What all apps are told alike. */}}
{{- define "mutt.configData" -}}
HOST: {{ .Values.listenAddress | quote }}
LOG_LEVEL: {{ .Values.logLevel | quote }}
SHUTDOWN_TIMEOUT_MS: {{ int64 .Values.shutdownTimeoutMs | toString | quote }}
QUEUE_PREFIX: {{ .Values.queuePrefix | quote }}
{{- range $key, $value := .Values.settings }}
{{ upper $key }}: {{ include "mutt.scalar" $value | quote }}
{{- end }}
{{- end -}}

{{/* What one app is told. */}}
{{- define "mutt.env.ingestor" -}}
- {name: INGESTOR_PORT, value: {{ (include "mutt.ports" . | fromYaml).ingestor | toString | quote }}}
- {name: INGEST_API_KEYS_FILE, value: /etc/mutt/keys/ingest-api-keys}
{{- end -}}

{{- define "mutt.env.alerter" -}}
- {name: ALERTER_PORT, value: {{ (include "mutt.ports" . | fromYaml).alerter | toString | quote }}}
{{- end -}}

{{- define "mutt.env.forwarder" -}}
{{- $secret := include "mutt.secret.moog" . | fromYaml -}}
- {name: FORWARDER_PORT, value: {{ (include "mutt.ports" . | fromYaml).forwarder | toString | quote }}}
- {name: MOOG_WEBHOOK_URL, value: {{ .Values.moog.webhookUrl | quote }}}
{{- with .Values.moog.healthUrl }}
- {name: MOOG_HEALTH_URL, value: {{ . | quote }}}
{{- end }}
- {name: MOOG_TIMEOUT_MS, value: {{ int64 .Values.moog.timeoutMs | toString | quote }}}
- name: MOOG_API_KEY
  valueFrom:
    secretKeyRef: {name: {{ $secret.name }}, key: {{ $secret.key }}}
{{- end -}}

{{/* What the apps that an event goes through are told of tracing. */}}
{{- define "mutt.env.tracing" -}}
{{- with .Values.tracing -}}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: OTEL_TRACES_SAMPLER, value: {{ .sampler | quote }}}
- {name: OTEL_TRACES_SAMPLER_ARG, value: {{ include "mutt.scalar" .ratio | quote }}}
{{- with .headersSecret }}
{{- if .name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef: {name: {{ .name }}, key: {{ .key }}}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "mutt.env.remediation" -}}
- {name: REMEDIATION_PORT, value: {{ (include "mutt.ports" . | fromYaml).remediation | toString | quote }}}
{{- end -}}

{{- define "mutt.env.admin" -}}
- {name: ADMIN_PORT, value: {{ (include "mutt.ports" . | fromYaml).admin | toString | quote }}}
- {name: ADMIN_API_KEYS_FILE, value: /etc/mutt/keys/admin-api-keys}
{{- with .Values.admin.basePath }}
- {name: ADMIN_BASE_PATH, value: {{ . | quote }}}
{{- end }}
{{- $proxies := ternary 1 0 (or .Values.ingress.enabled .Values.gateway.enabled) }}
{{- if not (kindIs "invalid" .Values.admin.trustProxy) }}{{ $proxies = int .Values.admin.trustProxy }}{{ end }}
- {name: TRUST_PROXY, value: {{ $proxies | toString | quote }}}
{{- with .Values.admin.environmentLabel }}
- {name: ENVIRONMENT_LABEL, value: {{ . | quote }}}
{{- end }}
{{- with .Values.prometheusUrl }}
- {name: PROMETHEUS_URL, value: {{ . | quote }}}
{{- end }}
{{- end -}}

{{/* Where each secret is: the chart's Secret for a given value, else the user's. Each gives {name, key} as YAML. */}}
{{- define "mutt.secret.moog" -}}
{{- $own := dict "name" (include "mutt.fullname" .) "key" "moog-api-key" -}}
{{- toYaml (ternary $own .Values.moog.existingSecret (not (empty .Values.moog.apiKey))) -}}
{{- end -}}

{{- define "mutt.secret.ingest" -}}
{{- $own := dict "name" (include "mutt.fullname" .) "key" "ingest-api-keys" -}}
{{- toYaml (ternary $own .Values.ingestKeys.existingSecret (not (empty .Values.ingestKeys.value))) -}}
{{- end -}}

{{- define "mutt.secret.admin" -}}
{{- $own := dict "name" (include "mutt.fullname" .) "key" "admin-api-keys" -}}
{{- toYaml (ternary $own .Values.adminKeys.existingSecret (not (empty .Values.adminKeys.value))) -}}
{{- end -}}

{{/*
Everything about Redis in one place, as YAML: {kind, host, port, database, username, scheme, password: {name, key}, given}.
`password` is missing where there is none; `given` is the password when it stands in the values.
*/}}
{{- define "mutt.redis" -}}
{{- if .Values.valkey.enabled -}}
{{- $auth := .Values.valkey.auth -}}
kind: single
host: {{ printf "%s.%s.svc" (include "valkey.fullname" .) .Release.Namespace }}
port: 6379
database: 0
username: ""
scheme: redis
given: {{ $auth.password | quote }}
{{- if $auth.password }}
password: {name: {{ include "valkey.fullname" . }}, key: valkey-password}
{{- else }}
password: {name: {{ $auth.existingSecret.name }}, key: {{ $auth.existingSecret.key }}}
{{- end }}
{{- else -}}
{{- $redis := .Values.redis -}}
{{- if $redis.sentinel.addresses }}
kind: sentinel
{{- else if $redis.cluster.nodes }}
kind: cluster
{{- else }}
kind: single
{{- end }}
host: {{ $redis.host | quote }}
port: {{ $redis.port }}
database: {{ $redis.database }}
username: {{ $redis.username | quote }}
scheme: {{ ternary "rediss" "redis" $redis.tls.enabled }}
given: {{ $redis.password | quote }}
{{- if $redis.password }}
password: {name: {{ include "mutt.fullname" . }}, key: redis-password}
{{- else if and $redis.existingSecret.name $redis.existingSecret.passwordKey }}
password: {name: {{ $redis.existingSecret.name }}, key: {{ $redis.existingSecret.passwordKey }}}
{{- end }}
{{- end }}
{{- end -}}

{{/* The URL of Redis; takes {redis, password}, the password as it goes into the URL. */}}
{{- define "mutt.redisUrl" -}}
{{- $redis := .redis -}}
{{- $host := $redis.host -}}
{{- /* Sentinels and nodes are given beside the URL, which then carries user, password and database. */ -}}
{{- if ne $redis.kind "single" }}{{ $host = $redis.kind }}{{ end -}}
{{- $user := $redis.username | urlquery | replace "+" "%20" -}}
{{- $login := "" -}}
{{- if .password }}{{ $login = printf "%s:%s@" $user .password }}{{ else if $user }}{{ $login = printf "%s@" $user }}{{ end -}}
{{- if contains ":" $host }}{{ $host = printf "[%s]" $host }}{{ end -}}
{{- printf "%s://%s%s:%d/%d" $redis.scheme $login $host (int $redis.port) (int $redis.database) -}}
{{- end -}}

{{/* The environment that says where Redis is. */}}
{{- define "mutt.redisEnv" -}}
{{- $redis := include "mutt.redis" . | fromYaml -}}
{{- $existing := .Values.redis.existingSecret -}}
{{- if and $existing.urlKey (not .Values.valkey.enabled) }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef: {name: {{ $existing.name }}, key: {{ $existing.urlKey }}}
{{- else if $redis.given }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef: {name: {{ include "mutt.fullname" . }}, key: redis-url}
{{- else }}
{{- with $redis.password }}
# Read by nothing but the next line.
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .name }}, key: {{ .key }}}
{{- end }}
- name: REDIS_URL
  value: {{ include "mutt.redisUrl" (dict "redis" $redis "password" (ternary "$(REDIS_PASSWORD)" "" (hasKey $redis "password"))) | quote }}
{{- end }}
{{- if not .Values.valkey.enabled }}
{{- with .Values.redis.sentinel.addresses }}
- name: REDIS_SENTINELS
  value: {{ join "," . | quote }}
- name: REDIS_SENTINEL_NAME
  value: {{ $.Values.redis.sentinel.masterName | quote }}
{{- end }}
{{- with .Values.redis.cluster.nodes }}
- name: REDIS_CLUSTER_NODES
  value: {{ join "," . | quote }}
{{- end }}
{{- if include "mutt.redisTlsFiles" . }}
{{- with .Values.redis.tls }}
{{- with .caKey }}
- name: REDIS_TLS_CA_FILE
  value: /etc/mutt/redis-tls/ca.crt
{{- end }}
{{- with .certKey }}
- name: REDIS_TLS_CERT_FILE
  value: /etc/mutt/redis-tls/tls.crt
{{- end }}
{{- with .keyKey }}
- name: REDIS_TLS_KEY_FILE
  value: /etc/mutt/redis-tls/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Not empty when TLS files are mounted. */}}
{{- define "mutt.redisTlsFiles" -}}
{{- $tls := .Values.redis.tls -}}
{{- if and $tls.enabled $tls.existingSecret (not .Values.valkey.enabled) }}yes{{ end -}}
{{- end -}}

{{/* Content of the chart's own Secret, as YAML; empty when the user's Secrets hold everything. */}}
{{- define "mutt.secretData" -}}
{{- $redis := include "mutt.redis" . | fromYaml -}}
{{- $data := dict -}}
{{- with .Values.moog.apiKey }}{{ $_ := set $data "moog-api-key" . }}{{ end -}}
{{- with .Values.ingestKeys.value }}{{ $_ := set $data "ingest-api-keys" . }}{{ end -}}
{{- with .Values.adminKeys.value }}{{ $_ := set $data "admin-api-keys" . }}{{ end -}}
{{- with $redis.given -}}
{{- $_ := set $data "redis-url" (include "mutt.redisUrl" (dict "redis" $redis "password" (. | urlquery | replace "+" "%20"))) -}}
{{- if not $.Values.valkey.enabled }}{{ $_ := set $data "redis-password" . }}{{ end -}}
{{- end -}}
{{- if $data }}{{ toYaml $data }}{{ end -}}
{{- end -}}

{{/* What of it comes into the environment, and so asks for new pods when it changes. The key files are re-read. */}}
{{- define "mutt.secretChecksum" -}}
{{- $data := default dict (include "mutt.secretData" . | fromYaml) -}}
{{- omit $data "ingest-api-keys" "admin-api-keys" | toJson | sha256sum -}}
{{- end -}}

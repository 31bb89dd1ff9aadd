{{/* Its name, which depends on the release alone: the parent chart needs it too. */}}
{{- define "valkey.fullname" -}}
{{- printf "%s-valkey" (.Release.Name | trunc 44 | trimSuffix "-") -}}
{{- end -}}

{{- define "valkey.selector" -}}
app.kubernetes.io/name: valkey
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "valkey.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "valkey.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "valkey.image" -}}
{{- with default .Values.image.registry .Values.global.imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .Values.image.repository -}}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end -}}
{{- end -}}

{{- define "valkey.secret" -}}
{{- if .Values.auth.password -}}
{name: {{ include "valkey.fullname" . }}, key: valkey-password}
{{- else -}}
{name: {{ .Values.auth.existingSecret.name }}, key: {{ .Values.auth.existingSecret.key }}}
{{- end -}}
{{- end -}}

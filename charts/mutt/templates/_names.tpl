{{/* Name of the chart in labels. */}}
{{- define "mutt.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Start of all names. At most 44 characters: with the longest suffix, and the prefix that KEDA adds, names stay within 63. */}}
{{- define "mutt.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 44 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 44 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 44 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels of everything. */}}
{{- define "mutt.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "mutt.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mutt
{{- end -}}

{{/* What selects the pods of one app; takes {root, app}. */}}
{{- define "mutt.selector" -}}
app.kubernetes.io/name: {{ include "mutt.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .app }}
{{- end -}}

{{- define "mutt.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mutt.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "mutt.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .Values.image.repository -}}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end -}}
{{- end -}}

{{/* Ports of the apps, as their documentation has them. */}}
{{- define "mutt.ports" -}}
ingestor: 8080
alerter: 8081
forwarder: 8082
remediation: 8083
admin: 8090
{{- end -}}

{{/* A number as it was written: Helm would print 1000000 as 1e+06. */}}
{{- define "mutt.scalar" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* Seconds that Kubernetes gives a pod to end: the app's own deadline, the pause before it, and some to spare. */}}
{{- define "mutt.gracePeriod" -}}
{{- add (ceil (divf .Values.shutdownTimeoutMs 1000)) 15 -}}
{{- end -}}

{{/* How many pods an app has at least; takes {root, app}. */}}
{{- define "mutt.fewest" -}}
{{- $values := index .root.Values .app -}}
{{- $scaling := default (dict "mode" "none") $values.autoscaling -}}
{{- if eq $scaling.mode "none" }}{{ $values.replicas }}{{ else }}{{ $scaling.minReplicas }}{{ end -}}
{{- end -}}

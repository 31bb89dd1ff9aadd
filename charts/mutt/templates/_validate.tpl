{{/* Every sentence that keeps the chart from being installed, one per line. */}}
{{- define "mutt.problems" -}}
{{- $redis := .Values.redis -}}
{{- $problems := list -}}
{{- if not .Values.moog.webhookUrl -}}
{{- $problems = append $problems "moog.webhookUrl is missing: set it to the URL that takes alerts" -}}
{{- end -}}
{{- range list
  (dict "what" "moog.apiKey" "text" "the key of the webhook" "value" .Values.moog.apiKey "secret" "moog.existingSecret.name" "name" .Values.moog.existingSecret.name)
  (dict "what" "ingestKeys.value" "text" "the keys of senders" "value" .Values.ingestKeys.value "secret" "ingestKeys.existingSecret.name" "name" .Values.ingestKeys.existingSecret.name)
  (dict "what" "adminKeys.value" "text" "the keys of operators" "value" .Values.adminKeys.value "secret" "adminKeys.existingSecret.name" "name" .Values.adminKeys.existingSecret.name) -}}
{{- if and (not .value) (not .name) -}}
{{- $problems = append $problems (printf "%s are not known: set %s to a Secret of yours, or %s" .text .secret .what | replace "the key of the webhook are" "the key of the webhook is") -}}
{{- else if and .value .name -}}
{{- $problems = append $problems (printf "%s and %s are both set: set one of them" .what .secret) -}}
{{- end -}}
{{- end -}}
{{- $ways := list -}}
{{- if .Values.valkey.enabled }}{{ $ways = append $ways "valkey.enabled" }}{{ end -}}
{{- if $redis.existingSecret.urlKey }}{{ $ways = append $ways "redis.existingSecret.urlKey" }}{{ else if $redis.host }}{{ $ways = append $ways "redis.host" }}{{ end -}}
{{- if and $redis.sentinel.addresses (not $redis.existingSecret.urlKey) }}{{ $ways = append $ways "redis.sentinel.addresses" }}{{ end -}}
{{- if and $redis.cluster.nodes (not $redis.existingSecret.urlKey) }}{{ $ways = append $ways "redis.cluster.nodes" }}{{ end -}}
{{- if not $ways -}}
{{- $problems = append $problems "there is no Redis: set redis.host, redis.sentinel, redis.cluster or redis.existingSecret.urlKey to a Redis of yours, or for a trial valkey.enabled=true" -}}
{{- else if gt (len $ways) 1 -}}
{{- $problems = append $problems (printf "more than one Redis is set, by %s: keep one" (join " and " $ways)) -}}
{{- end -}}
{{- if and $redis.sentinel.addresses $redis.cluster.nodes -}}
{{- $problems = append $problems "redis.sentinel.addresses and redis.cluster.nodes are both set: a Redis is one or the other" -}}
{{- end -}}
{{- if .Values.valkey.enabled -}}
{{- $auth := .Values.valkey.auth -}}
{{- if and (not $auth.password) (not $auth.existingSecret.name) -}}
{{- $problems = append $problems "the password of the in-tree Valkey is not known: set valkey.auth.existingSecret.name to a Secret of yours, or valkey.auth.password" -}}
{{- else if and $auth.password $auth.existingSecret.name -}}
{{- $problems = append $problems "valkey.auth.password and valkey.auth.existingSecret.name are both set: set one of them" -}}
{{- end -}}
{{- end -}}
{{- if and $redis.password $redis.existingSecret.name -}}
{{- $problems = append $problems "redis.password and redis.existingSecret.name are both set: set one of them" -}}
{{- end -}}
{{- if and $redis.existingSecret.urlKey (not $redis.existingSecret.name) -}}
{{- $problems = append $problems "redis.existingSecret.urlKey is set without redis.existingSecret.name: name the Secret" -}}
{{- end -}}
{{- if and $redis.sentinel.addresses (not $redis.sentinel.masterName) -}}
{{- $problems = append $problems "redis.sentinel.masterName is missing: give the name of the master that the Sentinels watch" -}}
{{- end -}}
{{- if $redis.cluster.nodes -}}
{{- if not (regexMatch "^\\{[^{}]+\\}" .Values.queuePrefix) -}}
{{- $problems = append $problems (printf "queuePrefix is %q: Redis Cluster needs it in braces, for example \"{mutt}\", so that all keys of a queue are on one node" .Values.queuePrefix) -}}
{{- end -}}
{{- if ne (int $redis.database) 0 -}}
{{- $problems = append $problems "redis.database is not 0: Redis Cluster has database 0 only" -}}
{{- end -}}
{{- end -}}
{{- if ne (empty $redis.tls.certKey) (empty $redis.tls.keyKey) -}}
{{- $problems = append $problems "redis.tls.certKey and redis.tls.keyKey go together: set both or neither" -}}
{{- end -}}
{{- if and $redis.tls.existingSecret (not $redis.tls.enabled) -}}
{{- $problems = append $problems "redis.tls.existingSecret is set but redis.tls.enabled is not: set it too" -}}
{{- end -}}
{{- range $app := list "ingestor" "alerter" "forwarder" -}}
{{- $scaling := (index $.Values $app).autoscaling -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- $problems = append $problems (printf "%s.autoscaling.minReplicas is above maxReplicas" $app) -}}
{{- end -}}
{{- if and (eq $scaling.mode "keda") $redis.existingSecret.urlKey (not $redis.host) (not $redis.sentinel.addresses) (not $redis.cluster.nodes) (not $.Values.valkey.enabled) -}}
{{- $problems = append $problems (printf "%s.autoscaling.mode is keda, but KEDA cannot read the URL in redis.existingSecret.urlKey: set redis.host too" $app) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.ingestHost) (not .Values.ingress.consoleHost) -}}
{{- $problems = append $problems "ingress.enabled is set, but neither ingress.ingestHost nor ingress.consoleHost: nothing would be exposed" -}}
{{- end -}}
{{- if .Values.gateway.enabled -}}
{{- if not .Values.gateway.parentRefs -}}
{{- $problems = append $problems "gateway.parentRefs is missing: name the Gateway" -}}
{{- end -}}
{{- if and (not .Values.gateway.ingestHosts) (not .Values.gateway.consoleHosts) -}}
{{- $problems = append $problems "gateway.enabled is set, but neither gateway.ingestHosts nor gateway.consoleHosts: nothing would be exposed" -}}
{{- end -}}
{{- end -}}
{{- join "\n" $problems -}}
{{- end -}}

{{/* Ends the rendering with every sentence at once. */}}
{{- define "mutt.validate" -}}
{{- with include "mutt.problems" . -}}
{{- fail (printf "\n\nmutt cannot be installed with these values:\n  - %s\n" (. | replace "\n" "\n  - ")) -}}
{{- end -}}
{{- end -}}

{{ XX_own_key -}}

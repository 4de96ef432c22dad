{{ XX_own_certificate -}}

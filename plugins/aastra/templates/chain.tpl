{{ XX_own_chain -}}

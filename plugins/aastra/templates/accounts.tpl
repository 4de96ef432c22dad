sip transport protocol: {{ XX_transport }}
{% if XX_phone.tls %}
sips persistent tls: {{ XX_persistent_tls }}
{% if XX_certificates %}
{% set file = XX_server.root ~ XX_certificates[0].removeprefix(XX_server.url) %}
sips trusted certificates: {{ file }}
{% if XX_server.scheme == "https" %}
https user certificates: {{ file }}
{% endif %}
{% endif %}
{% for name, file in XX_own_files.items() %}
sips {{ name }}: {{ file }}
{% endfor %}
{% endif %}
{% if XX_out_of_band_dtmf is not none %}
sip out-of-band dtmf: {{ XX_out_of_band_dtmf }}
{% endif %}
sip explicit mwi subscription: {{ XX_subscribe_mwi }}
directed call pickup: {{ 1 if XX_pickup else 0 }}
directed call pickup prefix: {{ XX_pickup }}
{% for account in XX_accounts %}
{% set line = XX_phone.overwrite ~ "sip line%d" % account.number %}
{{ line }} screen name: {{ account.screen_names[0] }}
{{ line }} screen name 2: {{ account.screen_names[1] }}
{{ line }} display name: {{ account.display_name }}
{{ line }} user name: {{ account.username }}
{{ line }} auth name: {{ account.auth_username }}
{{ line }} password: {{ account.password }}
{{ line }} registrar ip: {{ account.registrar[0] }}
{{ line }} registrar port: {{ account.registrar[1] }}
{{ line }} backup registrar ip: {{ account.backup_registrar[0] }}
{{ line }} backup registrar port: {{ account.backup_registrar[1] }}
{{ line }} proxy ip: {{ account.proxy[0] }}
{{ line }} proxy port: {{ account.proxy[1] }}
{{ line }} backup proxy ip: {{ account.backup_proxy[0] }}
{{ line }} backup proxy port: {{ account.backup_proxy[1] }}
{{ line }} outbound proxy: {{ account.outbound_proxy[0] }}
{{ line }} outbound proxy port: {{ account.outbound_proxy[1] }}
{% if XX_phone.srtp %}
{{ line }} srtp mode: {{ account.srtp }}
{% endif %}
{{ line }} dtmf method: {{ account.dtmf }}
{{ line }} vmail: {{ account.voicemail }}
{% if XX_park_codes[account.number] is defined %}
{{ line }} park pickup config: {{ XX_park_codes[account.number] }}
{% endif %}
{% endfor %}
{% for number in XX_unused_accounts %}
{% set line = XX_phone.overwrite ~ "sip line%d" % number %}
{{ line }} screen name:
{{ line }} screen name 2:
{{ line }} display name:
{{ line }} user name:
{{ line }} auth name:
{{ line }} password:
{{ line }} registrar ip: 0.0.0.0
{{ line }} backup registrar ip: 0.0.0.0
{{ line }} proxy ip: 0.0.0.0
{{ line }} backup proxy ip: 0.0.0.0
{{ line }} outbound proxy: 0.0.0.0
{% endfor %}

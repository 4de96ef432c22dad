{% autoescape false %}

<SIP CONFIG MODULE>
--SIP Line List--   :
{% for account in XX_accounts %}
{% set s = "SIP%d" % account.number %}
{{ s }} Phone Number   :{{ account.username }}
{{ s }} Display Name   :{{ account.display_name }}
{{ s }} Sip Name       :{{ account.name }}
{{ s }} Register Addr  :{{ account.registrar[0] }}
{{ s }} Register Port  :{{ account.registrar[1] }}
{{ s }} Register User  :{{ account.auth_username }}
{{ s }} Register Pswd  :{{ account.password }}
{{ s }} Register TTL   :3600
{{ s }} Enable Reg     :{{ account.enabled }}
{{ s }} Proxy Addr     :{{ account.outbound[0] }}
{{ s }} Proxy Port     :{{ account.outbound[1] }}
{{ s }} Proxy User     :
{{ s }} Proxy Pswd     :
{{ s }} BakProxy Addr  :{{ account.backup_outbound[0] }}
{{ s }} BakProxy Port  :{{ account.backup_outbound[1] }}
{{ s }} Backup Addr    :{{ account.backup[0] }}
{{ s }} Backup Port    :{{ account.backup[1] }}
{{ s }} Backup Transport:{{ account.transport }}
{{ s }} Backup TTL     :3600
{{ s }} Enable Failback:{{ account.failback }}
{{ s }} Transport      :{{ account.transport }}
{{ s }} Media Crypto   :{{ account.crypto }}
{{ s }} DTMF Mode      :{{ account.dtmf }}
{{ s }} MWI Num        :{{ account.voicemail }}
{{ s }} Subscribe      :{{ account.subscribe }}
{{ s }} Sub Expire     :3600
{{ s }} SvcCode Mode   :{{ XX_codes.mode }}
{{ s }} DNDOn SvcCode  :{{ XX_codes.dnd_on }}
{{ s }} DNDOff SvcCode :{{ XX_codes.dnd_off }}
{{ s }} CFUOn SvcCode  :{{ XX_codes.always_on }}
{{ s }} CFUOff SvcCode :{{ XX_codes.always_off }}
{{ s }} CFBOn SvcCode  :{{ XX_codes.busy_on }}
{{ s }} CFBOff SvcCode :{{ XX_codes.busy_off }}
{{ s }} CFNOn SvcCode  :{{ XX_codes.no_answer_on }}
{{ s }} CFNOff SvcCode :{{ XX_codes.no_answer_off }}
{{ s }} CallPark Num   :{{ XX_codes.park }}
{{ s }} Pickup Num     :{{ XX_codes.pickup }}
{% if XX_phone.auto_answer %}
{{ s }} Auto Answer    :{{ account.auto_answer }}
{{ s }} No Answer Time :0
{% endif %}
{% endfor %}
{% endautoescape %}

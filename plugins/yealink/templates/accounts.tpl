{% for template in XX_server_templates %}
{% set t = "template.%d" % template.number %}
{{ t }}.name = {{ template.number }}
{% for address, port in template.servers %}
{{ t }}.sip_server.{{ loop.index }}.address = {{ address }}
{{ t }}.sip_server.{{ loop.index }}.port = {{ port }}
{{ t }}.sip_server.{{ loop.index }}.transport_type = {{ template.transport }}
{% endfor %}
{% endfor %}
{% for account in XX_accounts %}
{% set a = "account.%d" % account.number %}
{{ a }}.enable = 1
{{ a }}.label = {{ account.label }}
{{ a }}.display_name = {{ account.display_name }}
{{ a }}.auth_name = {{ account.auth_username }}
{{ a }}.user_name = {{ account.username }}
{{ a }}.password = {{ account.password }}
{% if XX_phone.multicell %}
{{ a }}.sip_server.template = {{ account.template }}
{% else %}
{% for address, port in account.servers %}
{{ a }}.sip_server.{{ loop.index }}.address = {{ address }}
{{ a }}.sip_server.{{ loop.index }}.port = {{ port }}
{% if XX_phone.transport_per_server %}
{{ a }}.sip_server.{{ loop.index }}.transport_type = {{ account.transport }}
{% endif %}
{% endfor %}
{% if not XX_phone.transport_per_server %}
{{ a }}.transport = {{ account.transport }}
{% endif %}
{% endif %}
{{ a }}.fallback.redundancy_type = 1
{{ a }}.outbound_proxy_enable = {{ account.outbound_enabled }}
{% if XX_phone.outbound_list %}
{% for address, port in account.outbound %}
{{ a }}.outbound_proxy.{{ loop.index }}.address = {{ address }}
{{ a }}.outbound_proxy.{{ loop.index }}.port = {{ port }}
{% endfor %}
{% else %}
{{ a }}.outbound_host = {{ account.outbound[0][0] }}
{{ a }}.outbound_port = {{ account.outbound[0][1] }}
{% endif %}
{{ a }}.srtp_encryption = {{ account.srtp }}
{{ a }}.dtmf.type = {{ account.dtmf }}
{{ a }}.dtmf.info_type = {{ account.dtmf_info }}
{{ a }}.subscribe_mwi = {{ XX_subscribe_mwi }}
{{ a }}.subscribe_mwi_to_vm = 0
{{ a }}.direct_pickup_code = {{ XX_codes.pickup }}
{{ a }}.group_pickup_code = {{ XX_codes.group_pickup }}
voice_mail.number.{{ account.number }} = {{ account.voicemail }}
{% endfor %}
{% for number in XX_unused_accounts %}
{% set a = "account.%d" % number %}
{{ a }}.enable = 0
{{ a }}.label = %NULL%
{{ a }}.display_name = %NULL%
{{ a }}.auth_name = %NULL%
{{ a }}.user_name = %NULL%
{{ a }}.password = %NULL%
{% if XX_phone.multicell %}
{{ a }}.sip_server.template = %NULL%
{% else %}
{{ a }}.sip_server.1.address = %NULL%
{{ a }}.sip_server.2.address = %NULL%
{% endif %}
{{ a }}.outbound_proxy_enable = 0
voice_mail.number.{{ number }} = %NULL%
{% endfor %}
features.dnd_mode = 0
features.dnd.on_code = {{ XX_codes.dnd }}
features.dnd.off_code = {{ XX_codes.dnd }}
features.fwd_mode = 0
forward.always.on_code = {{ XX_codes.fwd_unconditional }}
forward.always.off_code = {{ XX_codes.fwd_off }}
forward.busy.on_code = {{ XX_codes.fwd_busy }}
forward.busy.off_code = {{ XX_codes.fwd_off }}
forward.no_answer.on_code = {{ XX_codes.fwd_no_answer }}
forward.no_answer.off_code = {{ XX_codes.fwd_off }}
features.call_park.park_code = {{ XX_codes.park }}
features.pickup.direct_pickup_enable = {{ XX_codes.pickup_enabled }}
features.pickup.direct_pickup_code = {{ XX_codes.pickup }}
features.pickup.group_pickup_enable = {{ XX_codes.group_pickup_enabled }}
features.pickup.group_pickup_code = {{ XX_codes.group_pickup }}

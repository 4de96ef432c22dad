{# What the phone keeps in its flash: a value counts only with ".set" beside it. #}
{% macro flash(name, value) %}{{ name }}.set="1" {{ name }}="{{ value }}"{% endmacro %}
  <device device.set="1"
    {{ flash("device.prov.serverName", XX_provisioning.url) }}
{% if XX_provisioning.type %}
    {{ flash("device.prov.serverType", XX_provisioning.type) }}
{% endif %}
    {{ flash("device.prov.tagSerialNo", 1) }}
{% if XX_phone.base_profile %}
    {{ flash("device.baseProfile", "Generic") }}
{% endif %}
{% if XX_users.admin %}
    {{ flash("device.auth.localAdminPassword", XX_users.admin.password) }}
{% endif %}
{% if XX_users.user %}
    {{ flash("device.auth.localUserPassword", XX_users.user.password) }}
{% endif %}
    {{ flash("device.net.vlanId", XX_vlan.id if XX_vlan else "") }}
    {{ flash("device.dns.serverAddress", XX_dns) }}
    {{ flash("device.dns.altSrvAddress", "") }}
    {{ flash("device.syslog.serverName", XX_syslog.server if XX_syslog else "") }}
    {{ flash("device.syslog.transport", 1 if XX_syslog else 0) }}
    {{ flash("device.syslog.renderLevel", XX_syslog.level if XX_syslog else "") }}
    {{ flash("device.syslog.prependMac", 1 if XX_syslog else "") }}
  />

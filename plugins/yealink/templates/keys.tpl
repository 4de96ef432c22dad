{% for name, (type, line, value, label, extension) in XX_keys.items() %}
{{ name }}.type = {{ type }}
{{ name }}.line = {{ line }}
{{ name }}.value = {{ value }}
{{ name }}.label = {{ label }}
{{ name }}.extension = {{ extension }}
{% if XX_pickup_value %}
{{ name }}.pickup_value = {{ extension }}
{% endif %}
{% endfor %}
{% for name in XX_empty_keys %}
{{ name }}.type = 0
{{ name }}.value = %NULL%
{{ name }}.label = %NULL%
{% endfor %}
features.config_dsskey_length = 1

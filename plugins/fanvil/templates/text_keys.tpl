{% autoescape false %}

<DSSKEY CONFIG MODULE>
{% for group, title in (("side", "Sidekey Config"), ("main", "Dsskey Config"), ("soft", "SoftDss Config")) %}
{% for page, keys in XX_keys.get(group, {}).items() %}
--{{ title }}{{ page if group != "soft" else "" }}--:
{% for number, type, value, label in keys %}
Fkey{{ number }} Type          :{{ type }}
Fkey{{ number }} Value         :{{ value }}
Fkey{{ number }} Title         :{{ label }}
{% endfor %}
{% endfor %}
{% endfor %}
{% if "X_accent_phonebook_ip" not in XX_phone.lacks %}
--SoftDss Config--:
Fkey1 Type          :{{ 7 if XX_phonebook_url else 0 }}
Fkey1 Value         :{{ XX_phonebook_url }}
Fkey1 Title         :{{ XX_phonebook_name }}
{% endif %}
{% endautoescape %}

{% if XX_certificates %}
<certificates>
{% for url in XX_certificates %}
<certificate url="{{ url }}"/>
{% endfor %}
</certificates>
{% endif %}
{% for section, url in XX_language_files.items() %}
<{{ section }}>
<language url="{{ url }}" name="{{ XX_language }}"/>
</{{ section }}>
{% endfor %}

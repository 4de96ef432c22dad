{% if XX_language %}
<language perm="RW">{{ XX_language }}</language>
<web_language perm="RW">{{ XX_language }}</web_language>
{% endif %}
{% if XX_tone_scheme %}
<tone_scheme perm="RW">{{ XX_tone_scheme }}</tone_scheme>
{% endif %}
{% if XX_locale %}
<locale perm="RW">{{ XX_locale }}</locale>
{% endif %}

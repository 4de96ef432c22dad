{% set url = XX_xivo_phonebook_url|d('') -%}
{% if url -%}
<directory>{{ url|e }}</directory>
{% endif -%}

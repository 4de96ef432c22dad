{% set url = XX_xivo_phonebook_url -%}
{% if url -%}
<directory>{{ url|e }}</directory>
{% endif -%}

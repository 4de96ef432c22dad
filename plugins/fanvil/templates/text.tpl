{% include "text_common.tpl" %}
{% include "text_system.tpl" %}
{% include "text_lines.tpl" %}
{% include "text_keys.tpl" %}
{% block site %}
{% endblock %}
<<END OF FILE>>

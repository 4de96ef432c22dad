# Settings of one phone.  Those that begin with ^ replace what was set on the phone itself.
{% include "common.tpl" %}
{% include "system.tpl" %}
{% include "accounts.tpl" %}
{% include "keys.tpl" %}
{% block site %}
{% endblock %}

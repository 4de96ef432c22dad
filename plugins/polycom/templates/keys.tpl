  <call
    call.directedCallPickupString="{{ XX_pickup[0] }}"
    call.directedCallPickupMethod="{{ XX_pickup[1] }}"
    call.parkedCallRetrieveString=""
    call.parkedCallRetrieveMethod="legacy"
  />
{% if XX_resources or XX_unused_resources %}
  <attendant attendant.reg="{{ XX_watching_line }}">
    <resourceList
{% for resource in XX_resources %}
{% set a = "attendant.resourceList.%d" % loop.index %}
      {{ a }}.address="{{ resource.address }}"
      {{ a }}.label="{{ resource.label }}"
      {{ a }}.type="{{ resource.type }}"
{% endfor %}
{% for number in XX_unused_resources %}
      attendant.resourceList.{{ number }}.address=""
{% endfor %}
    />
  </attendant>
{% endif %}
{% if XX_line_keys %}
  <lineKey lineKey.reassignment.enabled="1"
{% for number, (category, index) in XX_line_keys.items() %}
    lineKey.{{ number }}.category="{{ category }}" lineKey.{{ number }}.index="{{ index }}"
{% endfor %}
  />
{% endif %}
{% if XX_soft_keys %}
  <feature><enhancedFeatureKeys feature.enhancedFeatureKeys.enabled="1"/></feature>
  <efk>
    <version efk.version="2"/>
    <efkprompt
      efk.efkprompt.1.status="1"
      efk.efkprompt.1.label="{{ XX_prompt }}"
      efk.efkprompt.1.userfeedback="visible"
      efk.efkprompt.1.type="numeric"
    />
  </efk>
  <softkey
{% for key in XX_soft_keys %}
{% set s = "softkey.%d" % loop.index %}
    {{ s }}.enable="{{ key.enabled }}"
    {{ s }}.label="{{ key.label }}"
    {{ s }}.action="{{ key.action }}"
    {{ s }}.use.idle="{{ key.idle }}"
    {{ s }}.use.active="{{ key.active }}"
{% endfor %}
  />
{% endif %}

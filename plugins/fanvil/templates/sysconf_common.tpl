  <ap>
    <AutoServerDigest>1</AutoServerDigest>
{% if XX_server %}
    <FlashServerIP>{{ XX_server }}</FlashServerIP>
    <FlashFileName>$mac.cfg</FlashFileName>
    <FlashProtocol>{{ XX_server_protocol }}</FlashProtocol>
    <FlashMode>1</FlashMode>
    <FlashInterval>24</FlashInterval>
{% endif %}
  </ap>

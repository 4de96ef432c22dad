"""
Configs that nobody would miss.
"""

from __future__ import annotations

from provd.store.interfaces import IStore

__all__ = ["is_unused"]


def is_unused(store: IStore, config_id: str) -> bool:
    """
    Tell whether a config is there, may be deleted, and is neither a device's, nor another's parent, nor the
    one that new phones' configs are made of.
    """
    configs = store.configs
    if config_id not in configs or configs.get(config_id).get("deletable") is False:
        return False
    return not (
        store.devices.find("config", config_id)
        or configs.find("parent_ids", config_id)
        or configs.get(config_id).get("role")
    )

"""Why a pod does not pull: from what the cluster shows to a cause, and to what mends it. Pure, as all of model/."""

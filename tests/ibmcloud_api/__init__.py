"""A stand-in for IBM Cloud on this machine: IAM, the Kubernetes Service and Code Engine, as far as they are used.

`cloud.py` is the server, with the faults that a test wants; `identity.py`, `policies.py`, `kubernetes_service.py` and
`code_engine.py` have its state and its answers, whose fields are those of IBM's SDKs; `registry.py` ties a real
registry to it, which accepts the keys that IAM made. `setup.py` puts them together, for the fixture `cloud_setup`:

    cloud_setup.environment()                   the variables of a user who is signed in with the IBM Cloud CLI
    cloud_setup.places                          the same of one who is not
    cloud.forget()                              forget requests, faults and refusals
    cloud.requests, cloud.received              what was asked for
    cloud.faults[3] = Fault(loss=Loss.AFTER)    the third request from now on is done, and its answer is lost
    cloud.denied["POST", "/v1/apikeys"] = RefusalError(403, "No.", "BXNIM0513E")
    cloud.most_on_page = 2                      lists have pages
    cloud.identity.keys, .service_ids, .expire_tokens(), .most_keys
    cloud.policies.policies, .groups            cloud.code_engine.projects      cloud.kubernetes.clusters
    cloud_setup.registry.tokens.delay = 2       a new key is refused twice before the registry accepts it
    cloud_setup.registry.tokens.policy_delay    the same of a new policy

`sdk_stories.py` is what IBM's SDKs run; `comparison.py` makes their requests and ours comparable.
"""

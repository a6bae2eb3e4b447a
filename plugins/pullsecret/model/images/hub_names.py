"""Images without a registry and an organization in their names, which are Docker Hub's own or a mistake.

Source: github.com/docker-library/official-images at 37079fb336, the files of library/.
"""

from __future__ import annotations

from typing import Final

from pullsecret.model.images.reference import HUB_DOMAIN, InvalidReferenceError, parsed_reference

_OWN: Final = "library/"
_NAMES: Final = (
    "adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux azul-zulu "
    "backdrop bash bonita buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux clefos clickhouse "
    "clojure composer convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto eclipse-temurin "
    "eggdrop elasticsearch elixir emqx erlang espocrm fedora flink fluentd friendica gazebo gcc geonetwork ghost "
    "golang gradle groovy haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb "
    "irssi jetty joomla jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash mageia mariadb "
    "matomo maven mediawiki memcached mongo mongo-express monica mysql nats neo4j neurodebian nextcloud nginx nim node "
    "notary odoo open-liberty openjdk oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin plone "
    "postfixadmin postgres pypy python r-base rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat "
    "rockylinux ros ruby rust sapmachine satosa silverpeas solr sonarqube spark spiped storm swift swipl teamspeak "
    "telegraf tomcat tomee traefik ubuntu unit varnish vault websphere-liberty wordpress xwiki yourls znc "
    "zookeeper"
)
_OFFICIAL: Final = frozenset(_NAMES.split())
"""An image that is missing here is only named in a hint."""


def unusual_hub_name(image: str) -> str:
    """The full name of an image that names neither registry nor organization and is none of Docker's own; "" if not."""
    try:
        reference = parsed_reference(image)
    except InvalidReferenceError:
        return ""
    short = reference.path.removeprefix(_OWN)
    is_short = "/" not in image.partition("@")[0] and reference.domain == HUB_DOMAIN and short != reference.path
    return reference.name if is_short and short not in _OFFICIAL else ""

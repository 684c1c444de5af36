# The example shop's login where there is no AWS: moto plays Cognito, in memory.
#   docker build -f docker/shop-login.Dockerfile -t clickstream-shop-login .     (from the repository's root)
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /opt/moto
COPY requirements/shop-login.txt /build/requirements/
RUN pip --python /opt/moto/bin/python install --require-hashes --only-binary :all: -r /build/requirements/shop-login.txt

FROM python:3.13-slim-bookworm
# /root: some builds of the base image keep Python there, where the user below could not reach it.
RUN useradd --system --uid 10001 --no-create-home --home-dir /tmp clickstream && chmod a+x /root
COPY --from=build /opt/moto /opt/moto
# Ids of pools are made of their names, so that they are the same after a restart.
ENV PATH=/opt/moto/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY=HASH MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY=HASH
USER 10001
WORKDIR /tmp
EXPOSE 5435
CMD ["python", "-m", "moto.server", "-H", "0.0.0.0", "-p", "5435"]

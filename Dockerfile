# The course in a container, with JupyterLab at your own copies of the notebooks:
#
#   docker build -t style-course .
#   docker run --rm -p 127.0.0.1:8888:8888 -v style-course:/home/student/course/notebooks/mine style-course
#
# Open the address with the token that it prints. Your copies stay in the volume style-course.
FROM python:3.12-slim-bookworm

RUN useradd --create-home --uid 1000 student
WORKDIR /home/student/course

# The packages first: a change of the course then does not install them again.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY --chown=student:student . .
RUN pip install --no-cache-dir --no-deps -e . \
    && mkdir -p /usr/local/etc/jupyter notebooks/mine \
    && echo '{"ServerApp": {"ip": "0.0.0.0", "open_browser": false}}' > /usr/local/etc/jupyter/jupyter_server_config.json \
    && chown student:student . notebooks notebooks/mine output

USER student
ENV PYTHONUNBUFFERED=1
EXPOSE 8888
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=4)"]
CMD ["python", "-m", "tools.learn"]

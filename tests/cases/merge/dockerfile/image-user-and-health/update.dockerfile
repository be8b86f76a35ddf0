# ... existing code ...
COPY --from=build /src/dist static/
COPY app app/
RUN useradd --system shop
USER shop
EXPOSE 8080
HEALTHCHECK CMD ["python", "-m", "app.health"]
VOLUME /app/data
# ... existing code ...

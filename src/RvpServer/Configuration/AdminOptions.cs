namespace RvpServer.Configuration;

/// <summary>Health, metrics and administration.</summary>
internal sealed record AdminOptions
{
    /// <summary>Where health and metrics are served, and nothing else; null: nowhere.</summary>
    // Loopback: /healthz and /metrics need no password.
    public Uri? Url { get; init; } = new("http://127.0.0.1:8081");
}

namespace RvpServer.Configuration;

/// <summary>Health, metrics and administration.</summary>
internal sealed record AdminOptions
{
    /// <summary>Where they are served, and nothing else is; null: nowhere.</summary>
    // Loopback: /healthz and /metrics ask nobody for a password.
    public Uri? Url { get; init; } = new("http://127.0.0.1:8081");
}

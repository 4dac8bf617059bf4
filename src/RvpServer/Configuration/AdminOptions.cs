namespace RvpServer.Configuration;

/// <summary>Health, metrics and administration.</summary>
internal sealed record AdminOptions
{
    /// <summary>Where health, metrics, the API and the console are served, and nothing else; null: nowhere.</summary>
    // Loopback: /healthz and /metrics need no password.
    public Uri? Url { get; init; } = new("http://127.0.0.1:8081");

    /// <summary>Further Host names that it answers to, besides the host in <see cref="Url"/> and the names of loopback.</summary>
    // None: a page in the administrator's browser could reach it under a name of its own that leads to this machine (DNS rebinding).
    public IReadOnlyList<string> HostNames { get; init; } = [];
}

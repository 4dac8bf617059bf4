using System.Diagnostics.Metrics;

namespace RvpServer.Authentication;

/// <summary>Counts proofs of who somebody is, by scheme and outcome.</summary>
internal sealed class ProofMetrics(IMeterFactory meters)
{
    private readonly Counter<long> proofs = meters.Create("RvpServer.Authentication")
        .CreateCounter<long>("rvp_proofs_total", description: "Proofs that were judged, by scheme and outcome.");

    /// <summary>A scheme has judged a proof; challenges and steps of a handshake are none.</summary>
    public void Count(string scheme, AuthenticationResult result)
    {
        if (OutcomeOf(result) is { } outcome) proofs.Add(1, new("scheme", scheme), new("outcome", outcome));
    }

    private static string? OutcomeOf(AuthenticationResult result) => result switch
    {
        AuthenticationResult.Proven => "right",
        AuthenticationResult.Failed { IsStale: true } => "stale",
        AuthenticationResult.Failed => "wrong",
        AuthenticationResult.Throttled => "throttled",
        AuthenticationResult.Unavailable => "unavailable",
        AuthenticationResult.Malformed => "malformed",
        _ => null,
    };
}

namespace Rvp.Protocol;

/// <summary>Who made a request and how that was shown: exactly one flag of <see cref="Credentials"/>, or None for nobody.</summary>
/// <param name="Principal">The caller's logical URL on its canonical domain, in the caller's own spelling; null for nobody.</param>
/// <param name="Proof">How it was shown.</param>
public sealed record Caller(RvpUrl? Principal, Credentials Proof)
{
    /// <summary>A caller that did not give an identity, or was not believed.</summary>
    public static Caller Nobody { get; } = new(null, Credentials.None);

    /// <summary>True if the caller proved to be its principal.</summary>
    public bool IsProven => (Proof & Credentials.Proven) != 0;

    /// <summary>True for a proven caller that is this node's own principal.</summary>
    public bool IsProvenAs(RvpUrl node) => IsProven && node.Equals(Principal);
}

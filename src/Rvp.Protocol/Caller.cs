namespace Rvp.Protocol;

/// <summary>Who a request is from and how that was shown: exactly one flag of <see cref="Credentials"/>, or None for nobody.</summary>
/// <param name="Principal">The caller's logical URL on its canonical domain, in the caller's own spelling; null for nobody.</param>
/// <param name="Proof">How it was shown.</param>
public sealed record Caller(RvpUrl? Principal, Credentials Proof)
{
    /// <summary>Someone who did not say who they are, or was not believed.</summary>
    public static Caller Nobody { get; } = new(null, Credentials.None);

    /// <summary>True where the caller proved to be its principal.</summary>
    public bool IsProven => (Proof & Credentials.Proven) != 0;

    /// <summary>True for a proven caller that is this node's own principal.</summary>
    public bool IsProvenAs(RvpUrl node) => IsProven && node.Equals(Principal);
}

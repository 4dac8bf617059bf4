namespace RvpServer.Authentication.Digest;

/// <summary>The <c>WWW-Authenticate</c> value of a 401. [RFC 2617, 3.2.1]</summary>
internal sealed record DigestChallenge(string Realm, string Nonce, bool IsStale)
{
    // COMPAT(pidgin-librvp): it joins all challenges into one string, so the last parameter must be one that it ignores (stale), and it crashes on any other
    // list of qops. Therefore exactly these parameters in this order, and no charset: both hashes of a name or password that is not ASCII are accepted.
    public override string ToString() =>
        $"Digest realm=\"{Realm}\", qop=\"auth\", algorithm=MD5, nonce=\"{Nonce}\", stale={(IsStale ? "true" : "false")}";
}

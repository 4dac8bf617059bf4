using System.Net;
using RvpServer.Network;

namespace RvpServer.Authentication;

/// <summary>Who a request claims to be and where it comes from: failures are counted by this.</summary>
/// <param name="Domain">IM domain, lower case.</param>
/// <param name="Name">The account part of the typed name, lower case; empty if the text cannot be an account's name.</param>
/// <param name="Address">The address that it came from.</param>
internal sealed record Claim(string Domain, string Name, IPAddress Address)
{
    private const int MaxNameLength = 64;

    /// <summary>What counts as one sender: see <see cref="SenderAddress"/>.</summary>
    public IPAddress Sender => SenderAddress.Of(Address);

    /// <summary>The claim of a user name in any of its forms.</summary>
    public static Claim Of(string domain, string typedName, IPAddress? address) =>
        new(domain, AccountPart(typedName).ToLowerInvariant(), address ?? IPAddress.None);

    /// <summary>The name without <c>DOMAIN\</c>, <c>DOMAIN/</c>, a leading slash and <c>@domain</c>; empty if no possible name is left.</summary>
    public static string AccountPart(string typedName)
    {
        var name = typedName.AsSpan();
        name = name[(name.LastIndexOfAny('\\', '/') + 1)..];
        var at = name.LastIndexOf('@');
        if (at >= 0) name = name[..at];
        if (name.Length is 0 or > MaxNameLength) return "";
        foreach (var c in name)
            if (char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c) || c is '"' or '<' or '>' or ':') return "";
        return name.ToString();
    }
}

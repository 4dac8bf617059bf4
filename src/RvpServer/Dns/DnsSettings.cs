using System.Net;

namespace RvpServer.Dns;

/// <summary>Whom to ask.</summary>
/// <param name="Servers">Asked in this order, the first three of them; empty: those of the system's resolver configuration.</param>
/// <param name="Timeout">How long one server may take for one question. Each is asked twice at most, so a question ends after six times this; one
/// about an alias begins anew for the name behind it.</param>
internal sealed record DnsSettings(IReadOnlyList<IPEndPoint> Servers, TimeSpan Timeout);

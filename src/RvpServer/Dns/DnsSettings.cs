using System.Net;

namespace RvpServer.Dns;

/// <summary>Which servers to ask.</summary>
/// <param name="Servers">Asked in this order, only the first three; empty: those of the system's resolver configuration.</param>
/// <param name="Timeout">
/// How long one server may take for one question. Each is asked at most twice, so a question ends after six times this; for an alias the time starts again for
/// the name that it leads to.
/// </param>
internal sealed record DnsSettings(IReadOnlyList<IPEndPoint> Servers, TimeSpan Timeout);

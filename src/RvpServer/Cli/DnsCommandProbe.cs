using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Rvp.Protocol;

namespace RvpServer.Cli;

/// <summary>What answers at an address and port.</summary>
internal enum ProbeResult
{
    /// <summary>No connection within the time.</summary>
    Unreachable,

    /// <summary>Something accepts connections, but does not answer with RVP.</summary>
    NotRvp,

    /// <summary>An RVP server.</summary>
    Rvp,
}

/// <summary>Connects to a server as a client would, and changes nothing there.</summary>
internal static class DnsCommandProbe
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>An RVP server's answer has the version header, whatever its status.</summary>
    public static async Task<ProbeResult> ProbeAsync(IPAddress address, int port, string host, CancellationToken stop)
    {
        if (!await IsReachableAsync(new IPEndPoint(address, port), stop)) return ProbeResult.Unreachable;
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Timeout };
        using var client = new HttpClient(handler) { Timeout = Timeout };
        using var request = new HttpRequestMessage(new HttpMethod("PROPFIND"), $"http://{new IPEndPoint(address, port)}/instmsg/aliases/");
        request.Headers.Host = port == 80 ? host : host + ":" + port.ToString(CultureInfo.InvariantCulture);
        request.Headers.Add(RvpHeaders.Version, RvpHeaders.DefaultVersion);
        request.Headers.Add(RvpHeaders.Depth, "0");
        request.Content = new StringContent(
            "<?xml version=\"1.0\"?><d:propfind xmlns:d='DAV:'><d:propname/></d:propfind>", new MediaTypeHeaderValue(RvpHeaders.Xml));
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return answer.Headers.Contains(RvpHeaders.Version) ? ProbeResult.Rvp : ProbeResult.NotRvp;
        }
        catch (Exception e) when (e is HttpRequestException || e is OperationCanceledException && !stop.IsCancellationRequested)
        {
            return ProbeResult.NotRvp;
        }
    }

    private static async Task<bool> IsReachableAsync(IPEndPoint server, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Timeout);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server, deadline.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException || e is OperationCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }
}

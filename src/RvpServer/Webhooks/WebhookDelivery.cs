using System.Net;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Collections;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Nodes;
using RvpServer.Requests;

namespace RvpServer.Webhooks;

/// <summary>Sends what came to a hook to its recipient, as a message of its owner: like any other it goes by the recipient's access list.</summary>
internal sealed class WebhookDelivery(INodes nodes, NodeLocator locator, Peers peers, Waits waits, SentMessages sent)
{
    /// <summary>The answer for the program: when a client has the message, when it is kept for one, or why neither.</summary>
    public async Task<Answer> SendAsync(Account owner, Webhook hook, string text, IPAddress address, CancellationToken stop)
    {
        var from = locator.UrlOf(owner);
        if (!RvpUrl.TryParseIdentity(hook.Url, out var url)) return new Answer.Refused(Refusal.NoSuchNode);
        var to = await locator.LocateAsync(url, owner, stop);
        var body = NotificationXml.WriteMessage(from.ToString(), owner.DisplayName, [(to.Url.ToString(), "")], MimeOf(hook, text));
        var message = new Notify(
            new Caller(from, to.Url.Host == from.Host ? Credentials.Internal : Credentials.Assertion), AckType.DeepOr, 1, NotificationXml.ReadHead(body), body)
        {
            IsByProgram = true,
        };
        var note = sent.Of(owner, from, message, to.Url);
        var answer = to.Location switch
        {
            NodeLocation.Here => await DeliverAsync(to, message, address, stop),
            NodeLocation.AtHome away => await AskPeerAsync(to, message, away.Host, address, stop),
            NodeLocation.Foreign => await AskPeerAsync(to, message, null, address, stop),
            _ => new Answer.Refused(Refusal.NoSuchNode),
        };
        sent.Note(note, answer);
        return answer;
    }

    private async Task<Answer> DeliverAsync(NodeEntry to, Notify message, IPAddress address, CancellationToken stop)
    {
        using var seat = waits.Sit(Awaited.Delivery, new Sharer(message.Caller.Principal!), address);
        var reply = await nodes.AskAsync(to.Url, NodeLocator.OwnerOf(to.Account!), message, message.Caller, stop);
        return reply.Delivered is { } delivered ? await delivered : reply.Answer;
    }

    private async Task<Answer> AskPeerAsync(NodeEntry to, Notify message, HostAndPort? home, IPAddress address, CancellationToken stop)
    {
        var from = message.Caller.Principal!;
        using var seat = waits.Sit(Awaited.Server, new Sharer(from, home is { } server ? server : to.Url.Host), address);
        var answer = await peers.AskAsync(PeerRequest.Of(message, to.Url, from, message.Body)!, home, stop);
        return PeerAnswers.ForCaller(message, to.Url, answer);
    }

    // The lines that clients write themselves. [client]
    private static string MimeOf(Webhook hook, string text) =>
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n"
            + $"Session-Id: {hook.Id.ToString("B").ToUpperInvariant()}\r\n\r\n{text.ReplaceLineEndings("\r\n")}";
}

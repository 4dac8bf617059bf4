using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Federation;

/// <summary>
/// What our own users see of another server's answer: its status if it is an RVP server and clients understand it, the document as far as it is understood
/// (<see cref="PeerDocument"/>), but never its text, and no request for a proof. Whatever else may be at an address looks the same from here.
/// </summary>
internal static class PeerAnswers
{
    /// <summary>The answer to a relayed request about a node.</summary>
    public static Answer ForCaller(Request request, RvpUrl node, PeerAnswer answer)
    {
        if (answer.Outcome == PeerOutcome.NoSuchDomain) return new Answer.Refused(Refusal.NoSuchDomain);
        if (request is Notify) return ForSender(answer);
        if (answer.Outcome == PeerOutcome.ResolverFailed) return new Answer.Refused(Refusal.ResolverFailed);
        if (answer.Outcome != PeerOutcome.Answered) return new Answer.Refused(Refusal.PeerFailed);
        return answer.Status switch
        {
            200 or 207 => Done(request, node, answer),
            _ when !answer.IsRvp => new Answer.Refused(Refusal.PeerFailed),
            // It does not believe us, or its node requires a proof that only it could check.
            401 or 407 => new Answer.Refused(Refusal.NotAllowed),
            400 or 403 or 404 or 412 or 413 or 429 or 503 or 507 => Refused(answer.Status),
            _ => new Answer.Refused(Refusal.PeerFailed),
        };
    }

    // Clients show only 404 and 412 as failures; 500 means that the recipient's client has left the conversation. [client]
    private static Answer ForSender(PeerAnswer answer) =>
        answer.IsDone ? new Answer.Done { IsDelivered = IsDelivered(answer.Delivered) }
        : answer is { IsRvp: true, Status: 400 or 403 or 404 or 413 or 500 } ? Refused(answer.Status)
        : new Answer.Refused(Refusal.NotAvailable);

    // Exchange does not say it.
    private static bool? IsDelivered(string? said) => said switch { RvpHeaders.DeliveredNow => true, RvpHeaders.DeliveredLater => false, _ => null };

    private static Answer Done(Request request, RvpUrl node, PeerAnswer answer)
    {
        var id = ParseNumber(answer.SubscriptionId);
        if (request is Watch or Renew && id is null) return new Answer.Refused(Refusal.PeerFailed);
        var hasDocument = request is Watch or PropFind;
        var document = hasDocument ? PeerDocument.Rewrite(answer.Body, node) : null;
        if (hasDocument && document is null) return new Answer.Refused(Refusal.PeerFailed);
        return new Answer.Done(hasDocument ? 207 : 200)
        {
            SubscriptionId = id,
            Lifetime = ParseNumber(answer.Lifetime) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Body = document,
        };
    }

    private static Answer.Refused Refused(int status) => new(Refusal.ByOtherServer(status, ReasonPhrases.GetReasonPhrase(status)));

    private static int? ParseNumber(string? text) =>
        text is not null && int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

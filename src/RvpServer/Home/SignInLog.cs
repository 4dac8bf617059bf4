using System.Net;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>A line of the log, and a count, for each sign-in that begins and each that ends, whatever ends it. Renewals are neither.</summary>
internal sealed partial class SignInLog(HomeMetrics metrics, ILogger<SignInLog> logger)
{
    /// <summary>A change is about to be applied, in the node's turn, since somebody asked for something.</summary>
    public void Note(Node node, Change change, Request request)
    {
        switch (change)
        {
            case Change.SubscriptionMade { Subscription: { Type: NotificationType.Notify } made } when request is SignIn:
                Begin(node, made);
                break;
            case Change.SubscriptionEnded { Id: var id }:
                End(node, id, request);
                break;
            case Change.Emptied { Subscriptions: var ids }:
                foreach (var id in ids) End(node, id, request);
                break;
        }
    }

    private void Begin(Node node, Subscription made)
    {
        metrics.SignedIn(node.Url.Host);
        if (!logger.IsEnabled(LogLevel.Information)) return;
        var (name, way) = (NameOf(node), made.Callback is Callback.Direct direct ? "called at " + direct.Text : "polls");
        Log.SignedIn(logger, name, node.Url.Host, made.Address, made.Proof, way);
    }

    private void End(Node node, int id, Request request)
    {
        if (node.FindSubscription(id) is not { Type: NotificationType.Notify } signIn) return;
        var (reason, text) = Describe(request);
        metrics.SignedOut(node.Url.Host, reason);
        if (!logger.IsEnabled(LogLevel.Information)) return;
        var name = NameOf(node);
        Log.SignedOut(logger, name, node.Url.Host, signIn.Address, text);
    }

    private static string NameOf(Node node) => node.Url.AliasName ?? node.Url.Path;

    private static (string Reason, string Text) Describe(Request request) => request switch
    {
        Unsubscribe => ("request", "its client said so"),
        Expire => ("lease", "its lease ran out"),
        EndCallback => ("callback", "its callback is dead"),
        SignIn => ("replaced", "a newer sign-in took its place"),
        EndStale => ("password", "the password is another one, or the account is disabled"),
        _ => ("account", "the account is gone or has moved"),
    };

    private static partial class Log
    {
        [LoggerMessage(EventName = "SignedIn", Level = LogLevel.Information, Message = "{Account} of {Domain} signed in from {Address} by {Proof}, {Way}")]
        public static partial void SignedIn(ILogger logger, string account, string domain, IPAddress address, Credentials proof, string way);

        [LoggerMessage(EventName = "SignedOut", Level = LogLevel.Information, Message = "{Account} of {Domain} signed out from {Address}: {Reason}")]
        public static partial void SignedOut(ILogger logger, string account, string domain, IPAddress address, string reason);
    }
}

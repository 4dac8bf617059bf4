using Rvp.Protocol;
using RvpServer.Http;

namespace RvpServer.Requests;

/// <summary>All verbs that nodes support. A new verb needs a row here.</summary>
internal static class VerbTable
{
    /// <summary>One row per verb.</summary>
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new(RvpVerbs.Subscribe, BodyKind.None, (context, stage) => stage.SubscribeAsync(context)) { IsRelayed = true, Urgency = Urgency.Arrival },
        new(RvpVerbs.Unsubscribe, BodyKind.None, (context, _) => new(ReadStage.Unsubscribe(context))) { IsRelayed = true, Urgency = Urgency.Renewal },
        new(RvpVerbs.Subscriptions, BodyKind.None, (context, _) => new(ReadStage.Subscriptions(context))),
        new(RvpVerbs.Notify, BodyKind.Xml, (context, stage) => stage.NotifyAsync(context))
        {
            IsRelayed = true, Urgency = Urgency.Message, WhenUnreachable = Refusal.NotAvailable,
        },
        new(RvpVerbs.PropFind, BodyKind.Xml, (context, _) => new(ReadStage.PropFind(context))) { IsRelayed = true },
        new(RvpVerbs.PropPatch, BodyKind.Xml, (context, _) => new(ReadStage.PropPatch(context))) { Urgency = Urgency.Renewal },
        new(RvpVerbs.Poll, BodyKind.None, (context, _) => new(ReadStage.Poll(context))) { WaitsLong = true, Urgency = Urgency.Renewal },
        new(RvpVerbs.Acl, BodyKind.UntypedXml, (context, stage) => stage.AclAsync(context)),
    ];

    /// <summary>WebDAV methods that make no sense for nodes; every other method is not implemented. [spec]</summary>
    private static readonly string[] NotAllowed = ["COPY", "MOVE"];

    /// <summary>Gives every verb its own endpoint, and refuses all other methods.</summary>
    public static void MapVerbs(this IEndpointRouteBuilder app)
    {
        const string anywhere = "/{**path}";
        var endpoint = app.ServiceProvider.GetRequiredService<NodeEndpoint>();
        foreach (var verb in Verbs)
        {
            app.MapMethods(anywhere, [verb.Name], context => Serve(context, verb)).WithDisplayName(verb.Name).WithMetadata(TakesOwnPlace.Instance);
        }
        app.MapMethods(anywhere, NotAllowed, Refuse(Refusal.MethodNotAllowed));
        app.MapFallback(anywhere, Refuse(Refusal.NotImplemented));

        // Methods are case-sensitive, but routing ignores case. [RFC 9110, 9.1]
        Task Serve(HttpContext context, Verb verb) =>
            context.Request.Method == verb.Name ? endpoint.HandleAsync(context, verb) : throw new RvpException(Refusal.NotImplemented);
    }

    private static RequestDelegate Refuse(Refusal refusal) => _ => throw new RvpException(refusal);
}

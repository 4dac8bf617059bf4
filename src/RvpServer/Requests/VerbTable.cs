using System.Collections.Frozen;
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
        new(RvpVerbs.Report, BodyKind.Xml, (context, _) => new(ReadStage.Report(context))),
        new(RvpVerbs.Post, BodyKind.Xml, (context, _) => new(ReadStage.MarkHistory(context))) { IsOfNodesAlone = false },
    ];

    /// <summary>WebDAV methods that make no sense for nodes; every other method is not implemented. [spec]</summary>
    private static readonly string[] NotAllowed = ["COPY", "MOVE"];

    // Methods are case-sensitive. [RFC 9110, 9.1]
    private static readonly FrozenDictionary<string, Verb> ByName = Verbs.ToFrozenDictionary(verb => verb.Name, StringComparer.Ordinal);

    /// <summary>Serves these verbs, wherever they go; all other methods go on.</summary>
    public static void UseVerbs(this IApplicationBuilder app)
    {
        var endpoint = app.ApplicationServices.GetRequiredService<NodeEndpoint>();
        app.Use((context, next) =>
            !ByName.TryGetValue(context.Request.Method, out var verb) || (!verb.IsOfNodesAlone && !IsNode(context.Request.Path)) ? next(context)
            : verb.WaitsLong ? endpoint.HandleLongAsync(context, verb)
            : endpoint.HandleAsync(context, verb));
    }

    private static bool IsNode(PathString path) => path.StartsWithSegments("/instmsg", StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses what nobody serves.</summary>
    public static void RefuseOtherVerbs(this IApplicationBuilder app) => app.Run(context =>
        throw new RvpException(NotAllowed.Contains(context.Request.Method) ? Refusal.MethodNotAllowed : Refusal.NotImplemented));
}

using System.Net;
using BenchmarkDotNet.Attributes;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Http;

namespace RvpServer.Bench.Pieces;

/// <summary>What is written for each request or watcher.</summary>
public class WritingPieces
{
    private readonly Node node = new(RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien"), new NodeOwner("Kari Hensien", "KariHensien@adatum.com"));
    private readonly byte[] buffer = new byte[W3cLine.MaxLength(200)];
    private readonly IPAddress address = IPAddress.Parse("10.10.1.98");
    private Caller owner = null!;
    private DecisionContext moment = null!;
    private int lastId;
    private int turn;

    [GlobalSetup]
    public void Setup()
    {
        owner = new Caller(node.Url, Credentials.Digest);
        moment = new DecisionContext(TimeProvider.System.GetUtcNow(), new Rules(), () => ++lastId);
        var watcher = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
        Take(new SignIn(owner, node.Url, new Callback.Direct(new Uri("http://10.10.1.98:1051")), null, address));
        Take(new Watch(new Caller(watcher, Credentials.Digest), node.Url, new Callback.Logical(watcher), null, address));
    }

    /// <summary>Decided, applied, and written for one watcher.</summary>
    [Benchmark]
    public int ChangeOfState()
    {
        var state = PresenceStates.ElementOf(turn++ % 2 == 0 ? PresenceState.Busy : PresenceState.Away);
        return Take(new PropPatch(owner, node.Url, address, [new PropertyEdit(PropertyName.State, false, state, null, null)])).Notifications[0].Body.Length;
    }

    [Benchmark]
    public int LineOfProtocolLog()
    {
        var line = new W3cLine(buffer);
        line.Add(DateTime.UnixEpoch);
        line.Add(address);
        line.Add("JoBrown");
        line.Add(address);
        line.Add(80);
        line.Add("NOTIFY");
        line.Add("/instmsg/aliases/KariHensien");
        line.Add(200);
        line.Add(1.25);
        line.Add("HTTP/1.1");
        line.Add("im.adatum.com");
        line.Add("");
        return line.Close().Length;
    }

    private Outcome Take(Request request)
    {
        var outcome = request.Decide(node, moment);
        foreach (var change in outcome.Changes) node.Apply(change);
        return outcome;
    }
}

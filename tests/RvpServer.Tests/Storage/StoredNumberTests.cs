using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

/// <summary>Numbers in stores that are in use: none may change, new ones are added at the end.</summary>
public sealed class StoredNumberTests
{
    [Fact]
    public void Notification_types_are_frozen() => Check<NotificationType>("Notify=1 PropertyChange=2");

    [Fact]
    public void Presence_states_are_frozen() => Check<PresenceState>("Offline=0 Online=1 Idle=2 Away=3 Busy=4 BackSoon=5 OnPhone=6 AtLunch=7 Invisible=8");

    [Fact]
    public void Credentials_are_frozen() => Check<Credentials>("None=0 Ntlm=1 Digest=2 Assertion=4 Internal=8 Proven=11 Any=16");

    [Fact]
    public void Rights_are_frozen() =>
        Check<Rights>("None=0 List=1 Read=2 Write=4 SendTo=8 ReceiveFrom=16 ReadAcl=32 WriteAcl=64 Presence=128 Subscriptions=256 SubscribeOthers=512 "
            + "All=1023");

    [Fact]
    public void Callback_kinds_are_frozen() => Check<CallbackKind>("Direct=1 Logical=2 Polled=3");

    [Fact]
    public void Roles_and_what_came_of_their_use_are_frozen()
    {
        Check<AdminRole>("ViewOnly=1 Administrator=2 FullAdministrator=3");
        Check<GrantKind>("Account=1 Group=2");
        Check<AuditOutcome>("Done=1 Refused=2 Failed=3");
    }

    [Fact]
    public void Stages_of_moves_are_frozen() => Check<MoveStage>("Leaving=1 Left=2 Arrived=3");

    private static void Check<T>(string expected) where T : struct, Enum =>
        Assert.Equal(expected, string.Join(" ", Enum.GetValues<T>().Select(value => $"{value}={value:D}")));
}

using RvpServer.Configuration;
using RvpServer.Nodes;

namespace RvpServer.Directories;

/// <summary>Moves people between home servers in different processes, with all that is theirs. The running server does it; commands ask it to.</summary>
internal interface IMoves
{
    /// <summary>Answers another home server, or a command.</summary>
    /// <param name="message">What it says; it holds the organisation's key.</param>
    /// <param name="here">The virtual server that it has asked.</param>
    /// <param name="stop">Ends the waiting.</param>
    Task<MoveAnswer> AnswerAsync(MoveMessage message, VirtualServer here, CancellationToken stop);
}

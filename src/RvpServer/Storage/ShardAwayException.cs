using Rvp.Protocol;
using RvpServer.Runtime;

namespace RvpServer.Storage;

/// <summary>The node's shard is not this process's, or not any more. Nothing was done: whoever asks where it is now does not do it twice.</summary>
internal sealed class ShardAwayException(RvpUrl node) : UnavailableException($"The shard of {node} is another process's.", null);

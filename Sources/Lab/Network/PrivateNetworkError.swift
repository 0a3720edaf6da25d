/// Why a private network could not be made: the step that the system refused, and its errno.
///
/// Any step may be the one. Ubuntu's AppArmor, for one, lets the namespace be made and refuses what follows.
public struct PrivateNetworkError: Error, Sendable, Hashable {
    public enum Step: String, Sendable, Hashable, CaseIterable {
        case networkNamespace, userNamespace, denySetgroups, mapUser, mapGroup
        case thread, openNamespace, enterNamespace
        case controlSocket, setMTU, disableSegmentationOffload, raiseLoopback
    }

    public let step: Step
    public let errno: Int32

    public init(_ step: Step, errno: Int32) {
        self.step = step
        self.errno = errno
    }
}

//go:build !purego

#include "textflag.h"

DATA specials<>+0(SB)/8, $0x2222222222222222 // quotes
DATA specials<>+8(SB)/8, $0x5c5c5c5c5c5c5c5c // backslashes
DATA specials<>+16(SB)/8, $0x1f1f1f1f1f1f1f1f // the last control character
GLOBL specials<>(SB), RODATA|NOPTR, $24

// func markSpecialsAVX2(marks *uint64, data *byte, n int)
TEXT ·markSpecialsAVX2(SB), NOSPLIT, $0-24
	MOVQ marks+0(FP), DI
	MOVQ data+8(FP), SI
	MOVQ n+16(FP), CX
	VPBROADCASTQ specials<>+0(SB), Y0
	VPBROADCASTQ specials<>+8(SB), Y1
	VPBROADCASTQ specials<>+16(SB), Y2

loop:
	VMOVDQU (SI), Y3
	VMOVDQU 32(SI), Y4

	VPCMPEQB Y0, Y3, Y5
	VPCMPEQB Y1, Y3, Y6
	VPMINUB  Y2, Y3, Y7 // a control character is its own minimum
	VPCMPEQB Y7, Y3, Y7
	VPOR     Y5, Y6, Y5
	VPOR     Y5, Y7, Y5
	VPMOVMSKB Y5, AX

	VPCMPEQB Y0, Y4, Y5
	VPCMPEQB Y1, Y4, Y6
	VPMINUB  Y2, Y4, Y7
	VPCMPEQB Y7, Y4, Y7
	VPOR     Y5, Y6, Y5
	VPOR     Y5, Y7, Y5
	VPMOVMSKB Y5, BX

	SHLQ $32, BX
	ORQ  BX, AX
	MOVQ AX, (DI)

	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ  loop

	VZEROUPPER
	RET
